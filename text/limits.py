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
