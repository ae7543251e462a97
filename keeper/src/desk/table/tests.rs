use super::*;
use proptest::prelude::*;

fn table(text: &str) -> Table {
    Table::parse(text.as_bytes(), Path::new("t.csv")).unwrap()
}

fn refusal<T>(result: Result<T, impl Into<DeskError>>) -> String {
    match result {
        Ok(_) => panic!("accepted"),
        Err(error) => error.into().to_string(),
    }
}

fn parsed(bytes: &[u8]) -> Result<Table, TableError> {
    Table::parse(bytes, Path::new("t.csv"))
}

#[test]
fn columns_are_found_by_title_and_comments_are_no_rows() {
    let table = table("# made by hand\ntime, close\n1,2.5\n# a gap\n3,\n");
    assert_eq!(table.len(), 2);
    assert_eq!(table.column("time").unwrap().times().unwrap(), [1, 3]);
    assert_eq!(
        table.column("close").unwrap().numbers_or_gaps().unwrap(),
        [Some(2.5), None]
    );
    let filled = table.without_gaps(&["close"]).unwrap();
    assert_eq!(filled.column("close").unwrap().numbers().unwrap(), [2.5]);
}

#[test]
fn a_column_that_is_not_there_is_named_beside_those_that_are() {
    assert_eq!(
        refusal(table("time,close\n1,2\n").column("price")),
        "t.csv: no column `price`; its columns are time, close"
    );
}

#[test]
fn a_field_that_is_no_number_is_named_by_file_line_and_column() {
    let table = table("# comment\ntime,close\n1,2\n2,\"1,5\"\n3,NaN\n");
    assert_eq!(
        refusal(table.column("close").unwrap().numbers()),
        "t.csv:4:2 (close): `1,5` is no finite number"
    );
}

#[test]
fn what_is_not_positive_or_not_in_order_is_named_in_a_series() {
    assert_eq!(
        refusal(table("time,close\n1,2\n2,-1\n").positive_series("time", "close")),
        "t.csv:3:2 (close): `-1` is not above zero"
    );
    assert_eq!(
        refusal(table("time,close\n2,2\n1,1\n").series("time", "close")),
        "t.csv:3:1 (time): not later than the row before; sort the rows and keep one for each time"
    );
    assert_eq!(
        refusal(parsed(b"time,close\n# nothing yet\n")),
        "t.csv: no rows under the header"
    );
    assert_eq!(
        refusal(table("time,close\n1,\n,2\n").without_gaps(&["time", "close"])),
        "t.csv: no rows with a value under each of time, close"
    );
}

#[test]
fn lines_are_those_of_an_editor_whatever_ends_them_and_lies_between() {
    let line = |text: &str| {
        let message = refusal(table(text).column("close").unwrap().numbers());
        message["t.csv:".len()..].split(':').next().unwrap().to_owned()
    };
    assert_eq!(line("time,close\n1,1\n\n\n2,x\n"), "5");
    assert_eq!(line("# a\ntime,close\n1,1\n# b\n\n# c\n2,x\n"), "7");
    assert_eq!(line("time,close\r\n1,x\r\n2,1\r\n"), "2");
    assert_eq!(line("time,close\r\n1,1\r\n# b\r\n\r\n2,x"), "5");
    assert_eq!(line("time,close\r1,1\r2,x\r"), "3");
    assert_eq!(line("\u{feff}time,close\n1,1\n2,x\n"), "3");
    assert_eq!(line("\n\ntime,close\n\"1\n\n\",1\n2,x\n"), "7");
    assert_eq!(
        refusal(parsed(b"a,b\r\n1,2\r\n\r\n1\r\n")),
        "t.csv:4: 1 fields under a header of 2"
    );
    assert_eq!(
        refusal(parsed(b"a\r\n\r\n1\r\n\xff\r\n")),
        "t.csv:4: not UTF-8; save the file as UTF-8 text"
    );
}

#[test]
fn times_are_read_in_each_way_that_exchanges_write_them() {
    let written = "t\n1621425600\n1621425600000\n1621425600000000\n1621425600000000000\n2021-05-19\n2021-05-19 12:00:00\n2021-05-19T12:00:00Z\n\
                   2021-05-19 14:00:00+02:00\n";
    let noon = 1_621_425_600;
    assert_eq!(
        table(written).column("t").unwrap().times().unwrap(),
        [noon, noon, noon, noon, noon - 43_200, noon, noon, noon]
    );
    assert_eq!(
        refusal(table("t\nyesterday\n").column("t").unwrap().times()),
        "t.csv:2:1 (t): `yesterday` is no time; write Unix seconds, 2021-05-19 or 2021-05-19T12:00:00Z"
    );
}

#[test]
fn what_is_no_table_is_refused_in_its_line() {
    assert_eq!(
        refusal(parsed(b"")),
        "t.csv:1: no header; the first line names the columns"
    );
    assert_eq!(
        refusal(parsed(b"a,b\n1,2\n1\n")),
        "t.csv:3: 1 fields under a header of 2"
    );
    assert_eq!(
        refusal(parsed(b"a\n1\n\xff\n")),
        "t.csv:3: not UTF-8; save the file as UTF-8 text"
    );
    let unreadable = refusal(Table::read(Path::new("no/such.csv")));
    assert!(unreadable.starts_with("no/such.csv: "), "{unreadable}");
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(table) = parsed(&bytes) {
            for title in table.titles() {
                let column = table.column(title).unwrap();
                let _ = (column.numbers(), column.numbers_or_gaps(), column.increasing_times());
            }
        }
    }

    #[test]
    fn a_field_of_any_text_is_a_time_or_refused(text in "[-0-9T: Z+.]{0,30}") {
        let _ = unix_seconds(&text);
    }
}
