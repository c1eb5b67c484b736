"""What is read of a stranger's, at most. SECURITY.md tells them; whatever goes beyond is refused with a
reason, or left out and said so.
"""

# An answer's headers: a browser gives up at 256 KiB. News sites send some 30 of them in 4 KiB.
MAX_HEADERS = 500
MAX_HEADER_BYTES = 256 << 10

# An address. Longer ones are traps or data; the longest slugs (255 Arabic letters) need 1 600 characters.
MAX_URL_CHARS = 4_096

# A page's links that a section page is read for; the longest front pages have some 800.
MAX_LINKS_A_PAGE = 3_000
# And the tags that it may have: the longest front pages have some 15 000.
MAX_TAGS_A_PAGE = 250_000

# A sitemap's entries, in all the files that one crawl reads; what lies beyond is due in the next.
MAX_SITEMAP_ENTRIES_A_CRAWL = 500_000

# Posts in one answer of a REST interface; 100 are asked for.
MAX_POSTS_A_RESPONSE = 200

# An address that is requested: the queries of a REST interface are the longest.
MAX_REQUEST_URL_CHARS = 8_192

# Rules of a robots.txt for one robot, and those with wildcards among them: each URL is compared with all
# of them on the loop, which takes up to 40 ms.
MAX_ROBOTS_RULES = 10_000
MAX_ROBOTS_WILDCARDS = 1_000

# An article's text. A book of 100 000 words is no article.
MAX_WORDS_AN_ARTICLE = 100_000
MAX_PARAGRAPHS_AN_ARTICLE = 10_000
