"""Markup that says nothing to a reader: comments, anchors, pictures without words, links into the file itself."""

import re

from services.documents.cleaning.blocks import blocks_of, is_fenced, text_of

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_ANCHOR = re.compile(r"<a\s+(?:id|name)=[^<>]{0,300}>(?:</a>)?", re.I)
_BREAK = re.compile(r"<br\s*/?>", re.I)
_TAG = re.compile(r"</?(?:div|span|p|font|center|u|sup|sub|small|section|figure)(?:\s[^<>]{0,500})?/?>", re.I)
_PICTURE = re.compile(r"\\?!\[([^\[\]\n]{0,1000})\]\([^()\n]{0,3000}\)")
_DATA_PICTURE = re.compile(r"\\?!\[([^\[\]\n]{0,1000})\]\(<?data:[^()\s]*\)")
_INNER_LINK = re.compile(r"\[([^\[\]\n]{1,1000})\]\((?:#|file:|about:|javascript:|data:)[^()\n]{0,3000}\)", re.I)
_EMPTY_LINK = re.compile(r"(?<!!)\[\s*\]\([^()\n]{0,3000}\)")
_FILE_NAME = re.compile(r"[\w .-]{0,200}\.(?:png|jpe?g|gif|emf|wmf|svg|bmp|tiff?)", re.I)
_SPACES_AT_END = re.compile(r"[ \t]+$", re.M)


def clean_markup(text: str) -> str:
    return text_of([cleaned for block in blocks_of(_without_comments(text)) if (cleaned := _clean(block)).strip()])


def _without_comments(text: str) -> str:
    return _COMMENT.sub("", text) if "<!--" in text and "-->" in text else text


def _clean(block: str) -> str:
    if is_fenced(block):
        return block
    if "](" in block:
        block = _PICTURE.sub(_words_of, _DATA_PICTURE.sub(_words_of, block))
        block = _EMPTY_LINK.sub("", _INNER_LINK.sub(r"\1", block))
    if "<" in block:
        block = _TAG.sub("", _ANCHOR.sub("", _BREAK.sub(" ", block)))
    return _SPACES_AT_END.sub("", block.replace("&nbsp;", " "))


def _words_of(picture: re.Match[str]) -> str:
    """What it shows, where somebody wrote that down; not the name of its file."""
    words = picture.group(1).strip()
    return "" if _FILE_NAME.fullmatch(words) else words
