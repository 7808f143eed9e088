"""The first sheet of an `.xlsx` file as the text of a `.csv`. `SafeDecoder` calls this, as files may attack parsers."""

from __future__ import annotations

import csv
import io
import warnings
from pathlib import Path

from modgap.corpus.documents import check_unpacked
from modgap.corpus.limits import DEFAULT_LIMITS, Limits
from modgap.errors import CorpusError

_MAX_COLUMNS = 1_000


def spreadsheet_text(path: Path, limits: Limits = DEFAULT_LIMITS) -> str:
    """The rows of the first sheet that has any, as comma-separated values; the results of formulas, never formulas.

    Raises CorpusError with the reason, also for a sheet beyond the limits.
    """
    import openpyxl

    check_unpacked(path, limits)
    text = io.StringIO()
    writer = csv.writer(text)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of styles and extensions that are not read
            book = openpyxl.load_workbook(path, read_only=True, data_only=True)
            for sheet in book.worksheets:
                for count, row in enumerate(sheet.iter_rows(values_only=True, max_col=_MAX_COLUMNS)):
                    if count > limits.table_rows:
                        raise CorpusError(f"has too many rows ({limits.named('table_rows')})")
                    writer.writerow(["" if value is None else str(value) for value in row])
                    if text.tell() > limits.file_bytes:
                        raise CorpusError(f"is too large ({limits.named('file_bytes')})")
                if text.getvalue().strip(",\r\n"):
                    return text.getvalue()
                text.seek(0)
                text.truncate()
    except CorpusError:
        raise
    except MemoryError as error:
        raise CorpusError("needs more memory to read than there is") from error
    except Exception as error:  # openpyxl raises errors of many families on broken files
        raise CorpusError(f"cannot be read as .xlsx ({type(error).__name__}: {error})") from error
    raise CorpusError("is a spreadsheet without a row")
