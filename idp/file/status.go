package file

import (
	"strings"

	"cohort/idp"
)

// statusWord is what stands in a column for the status.
type statusWord struct{ column, text string }

type statusMeaning struct {
	status idp.Status
	known  bool
}

// mostWords bounds what is remembered of a column that is not what it seems.
const mostWords = 10_000

// statusOf reads the nearest of the columns for the status, that have a value.
// Who is disabled by one of them is disabled, whatever the others say.
func (b *builder) statusOf() idp.Status {
	status := idp.Unknown
	near := strange
	for _, column := range b.status.columns {
		text := b.text(column.slot)
		if text == "" || column.near < near {
			continue
		}
		near = column.near
		switch word := b.word(column.name, text); {
		case !word.known:
			b.oddStatus.Note(text)
		case word.status == idp.Disabled || status == idp.Unknown:
			status = word.status
		}
	}
	return status
}

func (b *builder) word(column, text string) statusMeaning {
	word := statusWord{column, text}
	if word == b.lastWord { // as in most lines
		return b.lastMeaning
	}
	meaning, ok := b.statuses[word]
	if !ok {
		meaning.status, meaning.known = idp.ReadStatus(column, text)
		if len(b.statuses) < mostWords {
			word.text = strings.Clone(text)
			b.statuses[word] = meaning
		}
	}
	b.lastWord, b.lastMeaning = word, meaning
	return meaning
}

// rawStatus is what the columns for the status have, with the column's name
// where the word alone says nothing, "suspended=true".
func (b *builder) rawStatus() idp.Value {
	_, isRenamed := b.renamed[idp.StatusName]
	var words []string
	for _, column := range b.status.columns {
		if column.near == ownName && !isRenamed {
			continue // this program's word
		}
		switch text := b.text(column.slot); strings.ToLower(text) {
		case "":
		case "true", "false", "yes", "no", "y", "n", "1", "0":
			words = append(words, column.name+"="+text)
		default:
			words = append(words, text)
		}
	}
	return idp.TextOrList(words...)
}
