package okta

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"cohort/idp"
)

// valueOf is a JSON value as the table takes it. Texts lose nothing; numbers
// keep their spelling, beyond 2^53 too. Null, empty texts and empty arrays are
// absent. An array is a list of its elements, whatever their number, without
// the absent ones. An object, and an array within an array, is its JSON in one
// text, without blanks between its tokens; [record.find] reaches into objects.
func valueOf(raw json.RawMessage) idp.Value {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return idp.Value{}
	}
	switch raw[0] {
	case '[':
		var items []json.RawMessage
		if json.Unmarshal(raw, &items) != nil {
			return idp.Value{}
		}
		texts := make([]string, 0, len(items))
		for _, item := range items {
			if text := textOf(item); text != "" {
				texts = append(texts, text)
			}
		}
		return idp.ListOf(texts...)
	case '"', '{':
		return idp.TextOf(textOf(raw))
	case 't', 'f':
		return idp.BooleanOf(raw[0] == 't')
	case 'n':
		return idp.Value{}
	default:
		return idp.NumberOf(string(raw))
	}
}

// textOf is a JSON value in one text; nothing for null.
func textOf(raw json.RawMessage) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 || string(raw) == `"` {
		return ""
	}
	switch raw[0] {
	case '"':
		if inner := raw[1 : len(raw)-1]; bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
			return string(inner)
		}
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return ""
		}
		return text
	case '{', '[':
		var compact bytes.Buffer
		if json.Compact(&compact, raw) != nil {
			return ""
		}
		return compact.String()
	case 'n':
		return ""
	default:
		return string(raw)
	}
}
