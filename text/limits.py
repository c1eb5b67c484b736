"""What is read of a stranger's, at most. SECURITY.md tells them; whatever goes beyond is refused with a
reason, or left out and said so.
"""

# An answer's headers: a browser gives up at 256 KiB. News sites send some 30 of them in 4 KiB.
MAX_HEADERS = 500
MAX_HEADER_BYTES = 256 << 10

# A page's links that a section page is read for; the longest front pages have some 800.
MAX_LINKS_A_PAGE = 3_000

# A sitemap's entries, in all the files that one crawl reads; what lies beyond is due in the next.
MAX_SITEMAP_ENTRIES_A_CRAWL = 500_000

# An article's text. A book of 100 000 words is no article.
MAX_WORDS_AN_ARTICLE = 100_000
MAX_PARAGRAPHS_AN_ARTICLE = 10_000

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
