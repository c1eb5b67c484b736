"""What is read of a stranger's, at most. SECURITY.md tells them; whatever goes beyond is refused with a
reason, or left out and said so.
"""

# An answer's headers: a browser gives up at 256 KiB. News sites send some 30 of them in 4 KiB.
MAX_HEADERS = 500
MAX_HEADER_BYTES = 256 << 10

# Cookies of a site's redirects, for one crawl: their number, the characters of a header that sets one, and
# of all names and values, which are one header of each request; servers take 8 KiB.
MAX_COOKIES = 50
MAX_COOKIE_CHARS = 4_096
MAX_COOKIES_CHARS = 6_000

# The beginning of a page that is searched for a refresh: one that only leads on is a kilobyte long.
MAX_REFRESH_BYTES = 16_000

# An address. Longer ones are traps or data; the longest slugs (255 Arabic letters) need 1 600 characters.
MAX_URL_CHARS = 4_096

# Codings in its Content-Encoding, each of which is undone; curl gives up at five as well.
MAX_CONTENT_ENCODINGS = 5

# A page's links that a section page is read for; the longest front pages have some 800.
MAX_LINKS_A_PAGE = 3_000
# And the tags that it may have: the longest front pages have some 15 000.
MAX_TAGS_A_LIST_PAGE = 250_000

# What a page that is rendered may ask for: scripts and data, in all. Sites drawn by script need some 20
# requests and 3 MB.
MAX_SUBREQUESTS_A_PAGE = 60
MAX_SUBREQUEST_BYTES_A_PAGE = 24 << 20

# A sitemap's entries, in all the files that one crawl reads; what lies beyond is due in the next.
MAX_SITEMAP_ENTRIES_A_CRAWL = 500_000

# A feed, in XML or JSON, and its items: what is behind those was in front on another day.
MAX_FEED_BYTES = 8 << 20
MAX_FEED_ITEMS = 500

# A file of subscriptions (OPML), and its outlines; a reader with some hundred subscriptions has many.
MAX_OPML_BYTES = 4 << 20
MAX_OPML_OUTLINES = 2_000

# Months of a date archive in one crawl; the rest is due in the next, back to the first year.
MAX_ARCHIVE_MONTHS_A_CRAWL = 24
FIRST_ARCHIVE_YEAR = 1990

# Of an outlet, and the addresses in a page or a sitemap that are looked at for them.
MAX_EDITIONS = 60
MAX_ALTERNATES = 300

# Posts in one answer of a REST interface; 100 are asked for.
MAX_POSTS_A_RESPONSE = 200

# An address that is requested: the queries of a REST interface are the longest.
MAX_REQUEST_URL_CHARS = 8_192

# Rules of a robots.txt for one robot, and those with wildcards among them: each URL is compared with all
# of them on the loop, which takes up to 40 ms.
MAX_ROBOTS_RULES = 10_000
MAX_ROBOTS_WILDCARDS = 1_000

# A page. Of 5 000 real pages the largest have 4 500 tags, 8 500 attributes, 1 500 blocks and 97 000
# characters of text.
MAX_TAGS_A_PAGE = 20_000
MAX_ATTRIBUTES_A_PAGE = 60_000
MAX_BLOCKS_A_PAGE = 6_000
MAX_TEXT_CHARS_A_PAGE = 600_000

# An article's text. The longest of 5 000 real ones, a live blog, has 11 300 words, 80 000 characters
# and 520 paragraphs; a book is no article.
MAX_WORDS_AN_ARTICLE = 40_000
MAX_CHARS_AN_ARTICLE = 400_000
MAX_PARAGRAPHS_AN_ARTICLE = 3_000

# A document of an import: a text file, a line of JSON. A page has the same bound, and 100 000 words of
# Arabic are 1.2 MB.
MAX_DOCUMENT_BYTES = 8 << 20
# What an import holds of them at a time, whatever their number.
MAX_BATCH_BYTES = 8 << 20
# A title, a name, an address of such a record; the longest slugs of 255 Arabic letters take 1 600.
MAX_FIELD_CHARS = 10_000
MAX_TAGS = 1_000
# Unpacked bytes by packed ones, where more than 16 MiB came out. JSON lines of news have 3 to 10.
MAX_GZIP_RATIO = 200
GZIP_RATIO_FROM = 16 << 20

# Pages of one article. Each is a request, and the longest slide shows have some 30; what lies beyond is
# left out, and the article marked as incomplete.
MAX_PAGES_AN_ARTICLE = 20
# Links of a page that are looked at for the pages of its article: short ones, with a number in them.
MAX_PAGE_LINKS = 300
