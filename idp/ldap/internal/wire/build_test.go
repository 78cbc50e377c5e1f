package wire_test

import "slices"

// What a server sends is put together here octet by octet, so that it can be
// put together wrong as well.

// element is an element with the shortest length.
func element(tag byte, parts ...[]byte) []byte {
	contents := slices.Concat(parts...)
	n := len(contents)
	switch {
	case n < 0x80:
		return append([]byte{tag, byte(n)}, contents...)
	case n < 0x100:
		return append([]byte{tag, 0x81, byte(n)}, contents...)
	case n < 0x10000:
		return append([]byte{tag, 0x82, byte(n >> 8), byte(n)}, contents...)
	default:
		return append([]byte{tag, 0x84, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, contents...)
	}
}

// long is an element whose length takes eight octets, as BER allows.
func long(tag byte, parts ...[]byte) []byte {
	contents := slices.Concat(parts...)
	n := len(contents)
	return append([]byte{tag, 0x88, 0, 0, 0, 0, byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}, contents...)
}

func octets(s string) []byte { return element(0x04, []byte(s)) }

func number(tag byte, n int) []byte {
	if n < 0x80 {
		return element(tag, []byte{byte(n)})
	}
	return element(tag, []byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)})
}

// message is an LDAPMessage; after the operation may come controls.
func message(id int, parts ...[]byte) []byte {
	return element(0x30, append([][]byte{number(0x02, id)}, parts...)...)
}

func entryBody(dn string, attributes ...[]byte) []byte {
	return slices.Concat(octets(dn), element(0x30, attributes...))
}

func attribute(name string, values ...string) []byte {
	var set []byte
	for _, value := range values {
		set = append(set, octets(value)...)
	}
	return element(0x30, octets(name), element(0x31, set))
}

// person is an entry with a DN and one attribute.
func person(id int, uid string) []byte {
	return message(id, element(0x64, entryBody("uid="+uid, attribute("uid", uid))))
}

func reference(id int, uris ...string) []byte {
	var list []byte
	for _, uri := range uris {
		list = append(list, octets(uri)...)
	}
	return message(id, element(0x73, list))
}

func result(op byte, code int, says string, more ...[]byte) []byte {
	parts := [][]byte{number(0x0a, code), octets(""), octets(says)}
	return element(op, append(parts, more...)...)
}

func bound(id, code int, says string) []byte { return message(id, result(0x61, code, says)) }

// done ends a search without a word about pages.
func done(id, code int, says string) []byte { return message(id, result(0x65, code, says)) }

// page ends a page; an empty cookie says that it is the last.
func page(id int, cookie string) []byte {
	return message(id, result(0x65, 0, ""), element(0xa0, paging(cookie)))
}

func paging(cookie string) []byte {
	value := element(0x30, number(0x02, 0), octets(cookie))
	return element(0x30, octets("1.2.840.113556.1.4.319"), octets(string(value)))
}

// notice is an unsolicited notification.
func notice(oid string, code int, says string) []byte {
	return message(0, result(0x78, code, says, element(0x8a, []byte(oid))))
}

const disconnection = "1.3.6.1.4.1.1466.20036"

func join(parts ...[]byte) []byte { return slices.Concat(parts...) }
