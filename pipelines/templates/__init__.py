"""Pages cut where their site's template says, checked, and compared with the full extraction."""
