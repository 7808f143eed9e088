"""Message boxes: escaped, and spoken at once where something failed."""

from __future__ import annotations

import pytest

from modgap.ui.components.notices import notice


@pytest.mark.parametrize(("kind", "role"), [("error", "alert"), ("warning", "status"), ("info", "status")])
def test_a_notice_is_escaped_and_only_an_error_interrupts(kind, role):
    html = notice(kind, "The file <b> is gone.")

    assert f'class="mg-notice mg-notice-{kind}" role="{role}"' in html
    assert "The file &lt;b&gt; is gone." in html
