// Package file reads people from the files that identity providers, HR systems
// and spreadsheets export: CSV, JSON and JSON lines.
package file

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"cohort/idp"
	"cohort/internal/fault"
	"cohort/internal/suggest"
	"cohort/internal/textfile"
)

// Config says which file is read, and as what:
//
//	file.Config{Path: "people.csv"}
//	file.Config{Path: "-", Format: "jsonl", Input: os.Stdin}
type Config struct {
	// Path is the file, or "-" for Input.
	Path string
	// Format is csv, json or jsonl; "" is the one of the path's ending.
	Format string
	// Input can be read only once, so that one loop over one stream is all.
	Input io.Reader
}

// The formats of files.
const (
	formatCSV       = "csv"
	formatJSON      = "json"
	formatJSONLines = "jsonl"
)

// Formats are the names of the formats that a [Config] may have.
func Formats() []string { return []string{formatCSV, formatJSON, formatJSONLines} }

// Connector reads people from a file. It may be used by several goroutines.
//
// The first line of CSV names the columns, the keys of objects those of JSON;
// which of them is which field is in the table of names in this package, and
// Map overrides it. A field whose columns disagree about a person is an error.
//
// A person's ID is that of the file (the columns idp_id, id, objectGUID and
// the like), else only the place, "line 12", or "record 12" in JSON.
type Connector struct {
	path    string
	format  string
	input   io.Reader
	mapping idp.Mapping
	// taken says that somebody has begun to read input.
	taken *atomic.Bool
	// names are of the read that ended last.
	names *atomic.Pointer[nameLog]
}

var (
	_ idp.Connector = (*Connector)(nil)
	_ idp.Lookup    = (*Connector)(nil)
	_ idp.Mapper    = (*Connector)(nil)
)

// New looks whether there is such a file. Its errors are of the kind
// [fault.Usage].
func New(config Config) (*Connector, error) {
	c := &Connector{path: config.Path, format: config.Format, taken: new(atomic.Bool), names: new(atomic.Pointer[nameLog])}
	if c.path == "" {
		return nil, fault.New(fault.Usage, "name a file", "--idp: the path is empty")
	}
	if c.path == "-" {
		if config.Input == nil {
			return nil, fault.New(fault.Usage, "name a file", "--idp: there is no standard input")
		}
		c.input = config.Input
	} else {
		info, err := os.Stat(c.path)
		if err != nil {
			return nil, fault.New(fault.Usage, "name a file that is there, or write a server with its scheme, as in ldaps://host/base", "--idp: %w", err)
		}
		if info.IsDir() {
			return nil, fault.New(fault.Usage, "name the file in it", "--idp: %s is a folder", c.path)
		}
	}
	return c, c.settleFormat()
}

// settleFormat finds the format where none was named.
func (c *Connector) settleFormat() error {
	if c.format != "" {
		if slices.Contains(Formats(), c.format) {
			return nil
		}
		hint := suggest.Hint(c.format, Formats(), "allowed are "+strings.Join(Formats(), ", "))
		return fault.New(fault.Usage, hint, "--idp-format: %q is no format", c.format)
	}
	if c.input != nil {
		return fault.New(fault.Usage, "say which by --idp-format, such as csv", "--idp: standard input has no ending that tells its format")
	}
	ending := strings.ToLower(filepath.Ext(c.path))
	switch ending {
	case ".csv", ".tsv", ".tab":
		c.format = formatCSV
	case ".json":
		c.format = formatJSON
	case ".jsonl", ".ndjson":
		c.format = formatJSONLines
	case ".xlsx", ".xlsm", ".xls", ".ods", ".numbers":
		return fault.New(fault.Usage, "save it as CSV", "--idp: %s is a workbook of a spreadsheet", c.path)
	case ".gz", ".zst", ".bz2", ".xz", ".zip":
		return fault.New(fault.Usage, "decompress it into a pipe, and read that by --idp - --idp-format csv", "--idp: %s is compressed", c.path)
	default:
		return fault.New(fault.Usage, "say which by --idp-format, such as csv", "--idp: the ending of %s does not tell its format", c.path)
	}
	return nil
}

// Map is a connector that reads the same with columns for fields as the mapping
// names them: [idp.Mapped].
func (c *Connector) Map(mapping idp.Mapping) idp.Connector {
	mapped := *c
	mapped.mapping = mapping
	mapped.names = new(atomic.Pointer[nameLog])
	return &mapped
}

// Source names the file. Whom it leaves out, nobody can see.
func (c *Connector) Source() idp.Source { return idp.Source{Name: c.path} }

// Format is the one that was named, or that the path's ending tells.
func (c *Connector) Format() string { return c.format }

func (c *Connector) file() textfile.File {
	return textfile.File{Path: c.path, Stdin: c.input, Doing: "reading people", Kind: fault.Source}
}

// name is the file in messages.
func (c *Connector) name() string { return c.file().Name() }
