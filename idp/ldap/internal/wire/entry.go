package wire

// Entry is a SearchResultEntry (RFC 4511, section 4.5.2). It is good until the
// loop's next turn, when its slices are used again. Its strings stay; they
// share one piece of memory, so that clone what is kept for long of an entry
// whose other parts are large.
type Entry struct {
	DN         string
	Attributes []Attribute

	values []string
}

// Attribute is a PartialAttribute: the name as the server spells it, options
// included, and the values in the server's order.
type Attribute struct {
	Name   string
	Values []string
}

// decode fills e from the contents of a SearchResultEntry. Elements after the
// known ones are left unread, as RFC 4511, section 4, demands of clients.
func (e *Entry) decode(body string) error {
	e.Attributes, e.values = e.Attributes[:0], e.values[:0]
	var err error
	if e.DN, body, err = take(body, tagOctetString); err != nil {
		return err
	}
	list, _, err := take(body, tagSequence)
	for err == nil && len(list) > 0 {
		var pair string
		if pair, list, err = take(list, tagSequence); err == nil {
			err = e.decodeAttribute(pair)
		}
	}
	return err
}

func (e *Entry) decodeAttribute(pair string) error {
	name, pair, err := take(pair, tagOctetString)
	if err != nil {
		return err
	}
	// A longer list may move; what points to the old one stays right.
	first := len(e.values)
	if e.values, _, err = takeStrings(pair, tagSet, e.values); err != nil {
		return err
	}
	last := len(e.values)
	e.Attributes = append(e.Attributes, Attribute{Name: name, Values: e.values[first:last:last]})
	return nil
}
