package file

import (
	"iter"
	"strings"

	"cohort/idp"
)

// addresses fills Primary, Aliases and Logins.
func (b *builder) addresses(p *idp.Person) error {
	value, err := b.value(b.email)
	if err != nil {
		return err
	}
	switch {
	case value.Kind == idp.List:
		if odd := p.AddEmails(value.Texts()); odd != "" {
			b.oddEmail.Note(odd)
		}
	case strings.TrimSpace(value.Text) != "" && !p.AddEmail(value.Text):
		b.oddEmail.Note(strings.TrimSpace(value.Text))
	}
	for _, column := range b.aliases.columns {
		for alias := range items(b.cell(column.slot)) {
			// Exchange writes the scheme of the primary one in capitals.
			if p.Primary == "" && strings.HasPrefix(alias, "SMTP:") {
				p.AddEmail(alias)
			}
			p.AddAlias(alias)
		}
	}
	for _, column := range b.logins.columns {
		value := b.cell(column.slot)
		if value.Kind == idp.Text && strings.IndexByte(value.Text, '@') < 0 {
			continue // a name, as in most files
		}
		for login := range items(value) {
			p.AddLogin(login)
		}
	}
	return nil
}

// items are the texts of a list, which stands in one cell where there are no
// lists: divided by |, as this program writes them, else by semicolons, as
// everybody does.
func items(value idp.Value) iter.Seq[string] {
	return func(yield func(string) bool) {
		if value.Kind == idp.List {
			for _, text := range value.Texts() {
				if !yield(text) {
					return
				}
			}
			return
		}
		separator := ";"
		if strings.IndexByte(value.Text, '|') >= 0 {
			separator = "|"
		}
		for rest, more := value.Text, true; more; {
			var text string
			text, rest, more = strings.Cut(rest, separator)
			if text = strings.TrimSpace(text); text != "" && !yield(text) {
				return
			}
		}
	}
}
