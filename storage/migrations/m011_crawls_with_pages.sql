-- Most polls of a quiet site bring no page; the judgement of a site's pages skips them.
CREATE INDEX crawls_with_pages ON crawls(site, started)
    WHERE fetched + new + rejected + failed > 0;
