package profile

import (
	"fmt"
	"io"
	"math"

	"cohort/idp"
	"cohort/internal/jsontext"
	"cohort/internal/terminal"
	"cohort/join"
)

// Section is a profile with what it is of.
type Section struct {
	Source string
	// IsSample says that the source has more people, who were not read.
	IsSample bool
	*Profile
}

// WriteCSV writes a line an attribute, source by source. The shares are of
// people, in percent. Where value_count is a lower bound, more_values is true.
func WriteCSV(w io.Writer, sections []Section, options join.CSVOptions) (join.Changes, error) {
	encoder := join.NewCSV(w, options)
	encoder.Header([]string{
		"source", "people", "sample", "attribute", "use", "filled", "filled_percent", "value_count", "more_values",
		"several", "most", "feeds", "example", "withheld",
	})
	number := func(n int) idp.Value { return idp.NumberOf(fmt.Sprint(n)) }
	text := func(s string) idp.Value { return idp.TextOf(terminal.Visible(s)) }
	for _, s := range sections {
		for _, a := range s.Attributes() {
			if err := encoder.Row([]idp.Value{
				text(s.Source), number(s.People()), idp.BooleanOf(s.IsSample), text(a.Name), idp.TextOf(string(a.Use())),
				number(a.Filled), idp.NumberOf(fmt.Sprintf("%.1f", percent(a))), number(a.Values), idp.BooleanOf(a.HasMore),
				number(a.Several), number(a.Most), idp.ListOf(feeds(a)...), text(a.Example), idp.TextOf(string(a.Withheld)),
			}); err != nil {
				return join.Changes{}, err
			}
		}
	}
	return encoder.Close()
}

// WriteJSON writes an array of the sources, each with its attributes, indented.
func WriteJSON(w io.Writer, sections []Section) error {
	type attribute struct {
		Name       string   `json:"name"`
		Use        Use      `json:"use"`
		Filled     int      `json:"filled"`
		Percent    float64  `json:"filled_percent"`
		Values     int      `json:"value_count"`
		MoreValues bool     `json:"more_values"`
		Several    int      `json:"several"`
		Most       int      `json:"most"`
		Feeds      []string `json:"feeds"`
		Example    string   `json:"example,omitempty"`
		Withheld   Reason   `json:"withheld,omitempty"`
	}
	type source struct {
		Source     string      `json:"source"`
		People     int         `json:"people"`
		Sample     bool        `json:"sample"`
		More       bool        `json:"more_attributes"`
		Attributes []attribute `json:"attributes"`
	}
	all := make([]source, len(sections))
	for i, s := range sections {
		all[i] = source{s.Source, s.People(), s.IsSample, s.HasMore(), []attribute{}}
		for _, a := range s.Attributes() {
			all[i].Attributes = append(all[i].Attributes, attribute{
				a.Name, a.Use(), a.Filled, math.Round(10*percent(a)) / 10, a.Values, a.HasMore,
				a.Several, a.Most, feeds(a), a.Example, a.Withheld,
			})
		}
	}
	return jsontext.Write(w, all)
}

func percent(a Attribute) float64 { return 100 * a.Share() }

func feeds(a Attribute) []string {
	names := make([]string, len(a.Feeds))
	for i, field := range a.Feeds {
		names[i] = string(field)
	}
	return names
}
