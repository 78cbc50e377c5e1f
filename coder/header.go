package coder

import (
	"encoding/csv"
	"errors"
	"io"
	"net/http"
	"strings"

	"golang.org/x/net/http/httpguts"

	"cohort/internal/fault"
)

// headers reads what is to go with every request from CODER_HEADER, as Coder's
// command line does: NAME=VALUE, several separated by commas, in quotation marks
// where a comma belongs to the value (a line of CSV). No error repeats a value.
//
// CODER_HEADER_COMMAND is a program that would print such headers. Nothing is
// run here, so that it is an error where it alone is set.
func headers(getenv func(string) string) (http.Header, error) {
	text := getenv("CODER_HEADER")
	if text == "" {
		if getenv("CODER_HEADER_COMMAND") != "" {
			return nil, fault.New(fault.Usage, "put what it prints into CODER_HEADER, or unset it for this run",
				"CODER_HEADER_COMMAND: no commands are run here")
		}
		return nil, nil
	}
	lines := csv.NewReader(strings.NewReader(text))
	entries, err := lines.Read()
	if err == nil {
		if _, err = lines.Read(); err == nil {
			err = errors.New("a second line")
		}
	}
	if !errors.Is(err, io.EOF) {
		return nil, fault.New(fault.Usage, `a value with a comma or a quotation mark is written "NAME=a,""b"""`,
			"CODER_HEADER is not one line of NAME=VALUE, separated by commas")
	}
	found := make(http.Header, len(entries))
	for i, entry := range entries {
		name, value, isPair := strings.Cut(entry, "=")
		name = strings.TrimSpace(name)
		if !isPair || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) {
			return nil, fault.New(fault.Usage, "", "CODER_HEADER: entry %d is not NAME=VALUE", i+1)
		}
		found.Add(name, value)
	}
	return found, nil
}
