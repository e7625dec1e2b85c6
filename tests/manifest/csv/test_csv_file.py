"""A CSV file that would be read wrongly is refused, in words that say where and what to do."""

from datetime import datetime

import openpyxl
import pytest

from nwbgate.errors import TableError
from nwbgate.manifest.csv.csv_file import MISSING, CsvFile, header
from nwbgate.manifest.csv.structure import LONGEST_CELL


def made(folder, content):
    path = folder / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


SOUND = {
    "plain": "a,b\n1,x\n2,y\n",
    "no last newline": "a,b\n1,x\n2,y",
    "lines as on Windows": "a,b\r\n1,x\r\n2,y\r\n",
    "lines as on an old Mac": "a,b\r1,x\r2,y\r",
    "a blank line": "a,b\n1,x\n\n2,y\n",
    "commas in quotes": 'a,b\n1,"x"\n2,"y"\n',
    "byte order mark": b"\xef\xbb\xbfa,b\n1,x\n2,y\n",
    "UTF-16": "a,b\n1,x\n2,y\n".encode("utf-16"),
    "semicolons": "a;b\n1;x\n2;y\n",
    "tabs": "a\tb\r\n1\tx\r\n2\ty\r\n",
    "bars": "a|b\n1|x\n2|y\n",
    "empty rows": "a,b\n,\n1,x\n , \n2,y\n,\n,",
    "empty rows before the header": ",\n\na,b\n1,x\n2,y\n",
    "empty rows in quotes": 'a,b\n1,x\n"",""\n2,y\n',
    "empty columns": "a,,b,\n1,,x,\n2,,y, \n",
    "everything of Excel": "\ufeffa;;b;\r\n1;;x;\r\n;;;\r\n2;;y;\r\n",
}


@pytest.mark.parametrize("content", SOUND.values(), ids=SOUND)
def test_a_sound_table_is_read(tmp_path, content):
    file = CsvFile(made(tmp_path, content))
    frame = file.frame(["b"])
    assert file.columns == ("a", "b")
    assert frame["a"].tolist() == [1, 2]
    assert frame["b"].tolist() == ["x", "y"]


def test_commas_newlines_and_quotes_inside_quotes_belong_to_the_cell(tmp_path):
    file = CsvFile(made(tmp_path, 'a,b\n1,"[1, 2]"\n2,"two\nlines, ""said"" it"\n'))
    assert file.frame(["b"])["b"].tolist() == ["[1, 2]", 'two\nlines, "said" it']


def test_a_quote_inside_a_cell_is_a_character_of_it(tmp_path):
    assert CsvFile(made(tmp_path, 'a,b\n1,5" pipe\n')).frame(["b"])["b"].tolist() == ['5" pipe']


def test_text_outside_ascii_is_read_as_utf_8(tmp_path):
    assert CsvFile(made(tmp_path, "a,b\n1,µm\n")).frame(["b"])["b"].tolist() == ["µm"]


def test_a_table_without_rows_is_one(tmp_path):
    assert CsvFile(made(tmp_path, "a,b\n")).frame(["b"]).shape == (0, 2)
    assert CsvFile(made(tmp_path, "a,b")).frame(["b"]).shape == (0, 2)


def test_a_table_of_one_column_is_one(tmp_path):
    assert CsvFile(made(tmp_path, "a\n1\n2\n")).frame([])["a"].tolist() == [1, 2]


def test_text_of_a_column_is_what_the_file_says(tmp_path):
    file = CsvFile(made(tmp_path, "a,b\n1.50,x\n,y\n"))
    assert file.frame(["b"])["a"].tolist()[0] == 1.5
    assert file.text("a")[0] == "1.50"
    assert file.text("a").isna().tolist() == [False, True]


@pytest.mark.parametrize("word", ["", "NaN", "nan", "NA", "None", "<NA>"])
def test_what_pandas_takes_for_missing_is_missing(tmp_path, word):
    frame = CsvFile(made(tmp_path, f"a,b\n1,{word}\n2,x\n")).frame(["b"])
    assert frame["b"].isna().tolist() == [True, False]


def test_a_decimal_comma_is_one_where_commas_do_not_separate(tmp_path):
    file = CsvFile(made(tmp_path, "a;b\n1,5;1,2,3\n-2,25;[1, 2]\n"))
    assert file.frame(["b"])["a"].tolist() == [1.5, -2.25]
    assert file.frame(["b"])["b"].tolist() == ["1,2,3", "[1, 2]"]


def test_each_row_knows_its_line(tmp_path):
    assert CsvFile(made(tmp_path, "a,b\n,\n1,x\n,\n2,y\n")).lines == (3, 5)
    assert CsvFile(made(tmp_path, 'a,b\n\n1,"x\ny"\n2,z\n')).lines == (3, 5)
    with pytest.raises(TableError, match="line 5"):
        CsvFile(made(tmp_path, "a;b\n;\n1;x\n;\n2\n"))


def test_rows_are_cells_of_text(tmp_path):
    assert list(CsvFile(made(tmp_path, "a;b\n 1 ;x\n2;\n")).rows()) == [["1", "x"], ["2", ""]]


def test_a_workbook_is_read_with_dates_and_whole_numbers(tmp_path):
    book = openpyxl.Workbook()
    for row in (
        ["id", None, "start", "depth"],
        [],
        [1900011001, None, datetime(2019, 5, 4, 9, 59), 1.5],
        [7, None, None, 2.0],
    ):
        book.active.append(row)
    book.create_sheet("empty")
    book.save(tmp_path / "t.xlsx")
    file = CsvFile(tmp_path / "t.xlsx")
    assert file.columns == header(tmp_path / "t.xlsx") == ("id", "start", "depth")
    assert list(file.rows()) == [["1900011001", "2019-05-04T09:59:00", "1.5"], ["7", "", "2"]]
    assert file.lines == (3, 4)


def test_a_workbook_of_two_tables_and_one_that_is_none_are_refused(tmp_path):
    book = openpyxl.Workbook()
    for sheet in (book.active, book.create_sheet("other")):
        sheet.append(["id"])
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(TableError, match="several tables"):
        CsvFile(tmp_path / "t.xlsx")
    (tmp_path / "t.xlsx").write_text("id\n1\n")
    with pytest.raises(TableError, match="cannot be read"):
        CsvFile(tmp_path / "t.xlsx")


FAULTS = {
    "empty": ("", "the table is empty"),
    "UTF-16 without a mark": ("a,b\n1,x\n".encode("utf-16-le"), "not encoded in UTF-8"),
    "Latin-1": ("a,b\n1,x\n2,µm\n".encode("latin-1"), "line 3"),
    "column twice": ("a,b,a\n1,x,2\n", "a as columns 1 and 3"),
    "column without a name": (",a\n0,1\n", "column 1 has no name"),
    "short row": ("a,b\n1,x\n2\n", "line 3"),
    "long row": ("a,b\n1,x\n2,y,z\n", "got: 3 cells"),
    "long first row": ("a,b\n1,x,z\n2,y\n", "line 2"),
    "ragged both ways": ("a,b,c\n1,x\n2,y,z,w\n", "line 2"),
    "one column and a comma": ("a\n1\n2,3\n", "line 3"),
    "unclosed quote": ('a,b\n1,"x\n2,y\n', "a quote is not closed"),
    "unclosed quotes": ('a,b\n1,"x\n2,y"z\n3,w\n', "line 2"),
    "quote behind a space": ('a,b\n1, "x,y"\n', "got: 3 cells"),
    "long cell": ("a,b\n1,x\n2," + "y" * 1_000_000 + "\n", "a cell is too long"),
    "rather long cell": ("a,b\n1,x\n2," + "y" * (LONGEST_CELL + 1) + "\n", "line 3, column 2"),
    "long cell alone": ("a\n" + "y" * 1_000_000 + "\n", "a cell is too long"),
}


@pytest.mark.parametrize(("content", "words"), FAULTS.values(), ids=FAULTS)
def test_a_file_that_would_be_read_wrongly_is_refused(tmp_path, content, words):
    path = made(tmp_path, content)
    with pytest.raises(TableError) as refused:
        CsvFile(path)
    assert words in str(refused.value)
    assert str(path) in refused.value.where
    assert refused.value.exit_code == 2


def test_a_cell_may_be_as_long_as_the_limit(tmp_path):
    assert len(CsvFile(made(tmp_path, "a,b\n1," + "y" * LONGEST_CELL + "\n")).frame(["b"])["b"][0]) == LONGEST_CELL


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(TableError, match="cannot read"):
        CsvFile(tmp_path / "none.csv")


def test_the_header_is_read_without_the_rows(tmp_path):
    assert header(made(tmp_path, "a,b\n1\n")) == ("a", "b")
    with pytest.raises(TableError, match="occurs twice"):
        header(made(tmp_path, "a,a\n"))


@pytest.mark.parametrize("word", sorted(MISSING))
def test_rows_and_frames_agree_about_what_is_missing(tmp_path, word):
    file = CsvFile(made(tmp_path, f"a,b\n1,{word}\n2,x\n"))
    assert file.frame(["b"])["b"].isna().tolist() == [True, False]
    assert [cells[1] for cells in file.rows()] == ["", "x"]


def test_numbers_are_exact_whichever_piece_they_are_read_in(tmp_path):
    rows = 150_000
    table = CsvFile(made(tmp_path, "a,b\n" + "1,2\n" * rows + f",x\n{2**63 - 1},2\n"))
    frame = table.frame([])
    assert len(frame) == rows + 2
    assert table.text("a").iloc[-1] == str(2**63 - 1)
    assert (frame["b"].iloc[0], frame["b"].iloc[-2]) == (2, "x")


def test_a_long_row_far_into_a_table_is_refused(tmp_path):
    rows = 300_000
    with pytest.raises(TableError, match=rf"line {rows + 2}"):
        CsvFile(made(tmp_path, "a,b\n" + "1,2\n" * rows + "1,2,3\n"))
