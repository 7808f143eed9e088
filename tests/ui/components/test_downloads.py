"""Files inside the page: their content comes back from the link, their names are escaped."""

from __future__ import annotations

from modgap.ui.components.downloads import download, download_link


def test_a_link_holds_the_file_as_base64():
    html = download_link("a.txt", "text/plain", "tea", element_id="mg-file")

    assert html == (
        '<a class="mg-download" id="mg-file" download="a.txt" href="data:text/plain;base64,dGVh">Download a.txt</a>'
    )


def test_a_box_has_a_title_and_takes_bytes(downloads):
    html = download("All <b>", "Every & all.", 'a".bin', "application/octet-stream", b"\x00\xff")

    assert "<h3>All &lt;b&gt;</h3><p>Every &amp; all.</p>" in html
    assert downloads(html) == {"a&#34;.bin": b"\x00\xff"}
