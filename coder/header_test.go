package coder

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cohort/internal/fault"
	"cohort/internal/transport"
)

func TestAdditionalHeadersAreReadAsCoderReadsThem(t *testing.T) {
	for _, c := range []struct {
		name, value string
		want        http.Header
	}{
		{"none", "", nil},
		{"one", "X-Pass=word", http.Header{"X-Pass": {"word"}}},
		{"one in another case", "x-pass=Word", http.Header{"X-Pass": {"Word"}}},
		{"several", "X-Pass=word,X-Way=north", http.Header{"X-Pass": {"word"}, "X-Way": {"north"}}},
		{"several, with a blank between", "X-Pass=word, X-Way=north", http.Header{"X-Pass": {"word"}, "X-Way": {"north"}}},
		{"one name twice", "X-Pass=a,X-Pass=b", http.Header{"X-Pass": {"a", "b"}}},
		{"further equals signs", "Cookie=CF_Authorization=a=b", http.Header{"Cookie": {"CF_Authorization=a=b"}}},
		{"a comma in the value", `"X-Pass=a,b",X-Way=north`, http.Header{"X-Pass": {"a,b"}, "X-Way": {"north"}}},
		{"quotation marks in the value", `"X-Pass=a ""b"""`, http.Header{"X-Pass": {`a "b"`}}},
		{"an empty value", "X-Pass=", http.Header{"X-Pass": {""}}},
		{"a line feed at the end", "X-Pass=word\n", http.Header{"X-Pass": {"word"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := headers(func(name string) string {
				// With headers in hand the command is not missed.
				return map[string]string{"CODER_HEADER": c.value, "CODER_HEADER_COMMAND": c.value}[name]
			})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnusableHeadersAreUsageErrorsWithoutTheirValues(t *testing.T) {
	for name, value := range map[string]string{
		"no name":                       "secret",
		"an empty name":                 "=secret",
		"a name with a blank":           "X Pass=secret",
		"an unquoted comma":             "X-Pass=a,secret",
		"half a quotation":              `"X-Pass=secret`,
		"a quotation mark in between":   `X-Pass="secret"`,
		"two lines":                     "X-Pass=a\nX-Way=secret",
		"a line feed in a value":        "\"X-Pass=a\nsecret\"",
		"a value that ends the request": "\"X-Pass=a\r\n\r\nsecret\"",
	} {
		_, err := headers(func(variable string) string { return map[string]string{"CODER_HEADER": value}[variable] })
		if fault.KindOf(err) != fault.Usage || !strings.Contains(err.Error(), "CODER_HEADER") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: error %v; want one of usage without the value", name, err)
		}
	}
}

func TestNoCommandIsRunForHeaders(t *testing.T) {
	_, err := headers(func(variable string) string {
		return map[string]string{"CODER_HEADER_COMMAND": "touch secret"}[variable]
	})
	const want = "CODER_HEADER_COMMAND: no commands are run here; put what it prints into CODER_HEADER, or unset it for this run"
	if fault.KindOf(err) != fault.Usage || err.Error() != want {
		t.Errorf("error %v\nwant  %s", err, want)
	}
}

func FuzzHeadersAreFitForARequestOrRefused(f *testing.F) {
	for _, text := range []string{"X-Pass=word,X-Way=north", `"X-Pass=a,b"`, "X-Pass=a\r\n\r\nb", "=", "\x00=\x7f", "ſ=ſ"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		found, err := headers(func(variable string) string { return map[string]string{"CODER_HEADER": text}[variable] })
		if err != nil {
			if found != nil || fault.KindOf(err) != fault.Usage {
				t.Errorf("%v, error %v; want an error of usage alone", found, err)
			}
			return
		}
		if _, err := transport.New(transport.Config{Headers: found}); err != nil {
			t.Errorf("%q gives %v: %v", text, found, err)
		}
	})
}
