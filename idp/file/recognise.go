package file

import (
	"bufio"
	"errors"
	"io"
	"strings"

	"cohort/internal/fault"
)

// recognise refuses files by their first bytes that are no text at all.
func recognise(name string, input io.Reader) (io.Reader, error) {
	buffered := bufio.NewReaderSize(input, 1<<16)
	head, err := buffered.Peek(8)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Source, "", "reading %s: %w", name, err)
	}
	if len(head) == 0 {
		return nil, fault.New(fault.Usage, "has its export gone wrong?", "reading %s: the file is empty", name)
	}
	for _, kind := range []struct{ magic, what, hint string }{
		{"PK\x03\x04", "a workbook or a ZIP archive", "save the sheet as CSV"},
		{"\xd0\xcf\x11\xe0", "a workbook", "save the sheet as CSV"},
		{"\x1f\x8b", "compressed by gzip", "decompress it first"},
		{"\x28\xb5\x2f\xfd", "compressed by zstd", "decompress it first"},
		{"BZh", "compressed by bzip2", "decompress it first"},
		{"PAR1", "a Parquet file", "write it as CSV"},
		{"%PDF", "a PDF", "export it as CSV"},
		{"SQLite ", "a database", "export the table as CSV"},
	} {
		if strings.HasPrefix(string(head), kind.magic) {
			return nil, fault.New(fault.Usage, kind.hint, "reading %s: it is %s", name, kind.what)
		}
	}
	return buffered, nil
}

// recogniseText reads the first block, and refuses texts that are something else than
// the format says.
func (w *window) recogniseText(format string) error {
	if err := w.extend(); err != nil {
		return err
	}
	start := strings.TrimLeft(w.text, " \t\r\n")
	switch {
	case start == "":
		return fault.New(fault.Usage, "has its export gone wrong?", "reading %s: the file has nothing but blanks in it", w.name)
	case start[0] == '<':
		return fault.New(fault.Usage, "was it downloaded without having signed in?", "reading %s: it is a page of HTML or XML, not %s", w.name, format)
	case format == formatCSV && (start[0] == '[' || start[0] == '{'):
		return fault.New(fault.Usage, "say so by --idp-format json or jsonl", "reading %s: it is JSON, not CSV", w.name)
	case format == formatJSONLines && start[0] == '[':
		return fault.New(fault.Usage, "say so by --idp-format json", "reading %s: it is one JSON array, not one object a line", w.name)
	case format != formatCSV && start[0] != '[' && start[0] != '{':
		return fault.New(fault.Usage, "is it CSV? say so by --idp-format csv", "reading %s: it does not begin as JSON does", w.name)
	default:
		return nil
	}
}
