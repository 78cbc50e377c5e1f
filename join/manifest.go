package join

import (
	"time"

	"cohort/coder"
)

// Manifest is what a run leaves behind for machines and auditors, as JSON: what
// was read, what came of it, and what was written. It holds no secrets.
type Manifest struct {
	// Version is the program's version.
	Version string    `json:"version"`
	Started time.Time `json:"started"`
	// Duration is the run's length in seconds.
	Duration float64          `json:"duration_seconds"`
	Sources  []ManifestSource `json:"sources"`
	Figures
	// Usage is there when it was read.
	Usage *coder.UsageFigures `json:"usage,omitempty"`
	// DX is there when the table was written for DX.
	DX *DXFigures `json:"dx,omitempty"`
	// Join and Where say which rows of the figures were written.
	Join    Kind             `json:"join"`
	Where   []string         `json:"where,omitempty"`
	Columns []ManifestColumn `json:"columns"`
	Changes Changes          `json:"changes"`
	Files   []ManifestFile   `json:"files"`
	// Warnings are sentences for a person.
	Warnings []string `json:"warnings"`
}

// ManifestSource is one side of the join.
type ManifestSource struct {
	// Role is "idp" or "coder".
	Role string `json:"role"`
	// Name is the source as the user named it, without secrets.
	Name string `json:"name"`
	// Records is how many people or users it gave.
	Records int `json:"records"`
	// Complete says how complete the read is known to be: "proved", or "as far
	// as the server tells" where access rules may hide records without a sign.
	Complete string `json:"complete"`
}

// Complete is the word for a source whose completeness is proved or not.
func Complete(proved bool) string {
	if proved {
		return "proved"
	}
	return "as far as the server tells"
}

// ManifestColumn says how well a column is filled.
type ManifestColumn struct {
	Header string `json:"header"`
	// Filled counts the rows with a value.
	Filled int `json:"filled"`
	// Rate is the share of such rows, from 0 to 1.
	Rate float64 `json:"fill_rate"`
}

// ManifestFile is one thing that was written.
type ManifestFile struct {
	// Role is "table" or "review".
	Role string `json:"role"`
	// Path is as the user gave it; "-" is standard output.
	Path   string `json:"path"`
	Format Format `json:"format"`
	Rows   int    `json:"rows"`
	Bytes  int64  `json:"bytes"`
	// SHA256 is of the bytes, in lower-case hexadecimal.
	SHA256 string `json:"sha256"`
}

// ManifestColumns are the columns of what was written.
func (w Written) ManifestColumns() []ManifestColumn {
	columns := make([]ManifestColumn, len(w.Headers))
	for i, header := range w.Headers {
		columns[i] = ManifestColumn{Header: header, Filled: w.Filled[i]}
		if w.Rows > 0 {
			columns[i].Rate = float64(w.Filled[i]) / float64(w.Rows)
		}
	}
	return columns
}
