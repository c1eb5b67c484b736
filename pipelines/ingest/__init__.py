"""From refined pages and documents to rows: the only part of `pipelines` that uses `storage`."""
