package okta

import (
	"errors"
	"fmt"
	"net/url"
	"strings"

	"cohort/internal/transport"
)

// nextOf reads the headers Link of a page and gives the address of the next
// one; nil at the end of the list. Links may stand in one header, joined by
// commas, and parameters may come without quotation marks (RFC 8288, section
// 3). What is damaged, leads to another host or to another list, or has no
// cursor is an error.
func nextOf(headers []string, page *url.URL) (*url.URL, error) {
	var next *url.URL
	for _, header := range headers {
		for rest := strings.TrimLeft(header, ", \t"); rest != ""; {
			target, relations, after, err := cutLink(rest)
			if err != nil {
				return nil, fmt.Errorf("the Link header is damaged: %w", err)
			}
			rest = strings.TrimLeft(after, ", \t")
			for relation := range strings.FieldsSeq(relations) {
				if !strings.EqualFold(relation, "next") {
					continue
				}
				address, err := follow(page, target)
				if err != nil {
					return nil, fmt.Errorf("the Link to the next page is damaged: %w", err)
				}
				if next != nil && next.String() != address.String() {
					return nil, errors.New("two Links lead to different next pages")
				}
				next = address
			}
		}
	}
	return next, nil
}

// cutLink reads one link: <target> and its parameters, of which rel counts.
func cutLink(s string) (target, relations, rest string, err error) {
	if s[0] != '<' {
		return "", "", "", errors.New("a link does not begin with <")
	}
	target, rest, closed := strings.Cut(s[1:], ">")
	if !closed {
		return "", "", "", errors.New("a link has no >")
	}
	hasRelation := false
	for {
		rest = strings.TrimLeft(rest, " \t")
		if rest == "" || rest[0] == ',' {
			break
		}
		if rest[0] != ';' {
			return "", "", "", errors.New("something stands behind a link that is no parameter")
		}
		var name, value string
		if name, value, rest, err = cutParameter(strings.TrimLeft(rest[1:], " \t")); err != nil {
			return "", "", "", err
		}
		// The first counts (RFC 8288, section 3.3).
		if strings.EqualFold(name, "rel") && !hasRelation {
			relations, hasRelation = value, true
		}
	}
	if !hasRelation {
		return "", "", "", errors.New("a link does not say what it is to the page")
	}
	return target, relations, rest, nil
}

// cutParameter reads name=value or name="value".
func cutParameter(s string) (name, value, rest string, err error) {
	end := strings.IndexAny(s, "=;, \t")
	if end < 0 {
		end = len(s)
	}
	name, s = s[:end], strings.TrimLeft(s[end:], " \t")
	if name == "" {
		// "; ," and a ";" at the end say nothing.
		return "", "", s, nil
	}
	after, hasValue := strings.CutPrefix(s, "=")
	if !hasValue {
		return name, "", s, nil
	}
	s = strings.TrimLeft(after, " \t")
	if !strings.HasPrefix(s, `"`) {
		if end = strings.IndexAny(s, ";, \t"); end < 0 {
			end = len(s)
		}
		return name, s[:end], s[end:], nil
	}
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return name, b.String(), s[i+1:], nil
		case s[i] == '\\' && i+1 < len(s):
			i++
		}
		b.WriteByte(s[i])
	}
	return "", "", "", errors.New("a quotation mark stays open")
}

// follow checks where a link leads.
func follow(page *url.URL, target string) (*url.URL, error) {
	u, err := page.Parse(target)
	switch {
	case err != nil:
		// The library's error repeats the whole of it.
		return nil, errors.New("it is not a URL")
	case transport.Origin(u) != transport.Origin(page):
		return nil, fmt.Errorf("it leads to %s", transport.Origin(u))
	case u.Path != page.Path:
		return nil, errors.New("it leads to another list")
	case u.Query().Get("after") == "":
		return nil, errors.New("it has no cursor")
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	return u, nil
}
