package wire

import (
	"errors"
	"fmt"
	"net"
	"time"
)

// message is an LDAPMessage (RFC 4511, section 4.1.1) as it lies in the buffer.
type message struct {
	id   int64
	op   byte   // identifier octet of protocolOp
	body []byte // contents of protocolOp
	rest []byte // what follows protocolOp: controls, if any
}

// chunk is how many bytes are read at once, unless one message is larger.
const chunk = 64 << 10

// longestHeader is the size of identifier and length, as far as they are read.
const longestHeader = 10

// inbox cuts what a connection brings into messages.
type inbox struct {
	conn    net.Conn
	silence time.Duration
	limit   int // the size of the largest message

	buf        []byte
	start, end int // buf[start:end] has come and is not cut yet
	batch      []message
	failure    error // stands behind what is cut
}

// receive waits for messages, and gives all that are there, at least one. They
// are good until the next call. Errors are [LostError] and [ProtocolError].
func (in *inbox) receive() ([]message, error) {
	in.batch = in.batch[:0]
	for in.failure == nil && len(in.batch) == 0 {
		in.failure = in.read()
		if err := in.cut(); err != nil {
			in.failure = err
		}
	}
	if len(in.batch) > 0 {
		return in.batch, nil
	}
	return nil, in.failure
}

// read adds to the buffer what comes next. No time runs but here.
func (in *inbox) read() error {
	in.makeRoom()
	n, err := 0, in.conn.SetReadDeadline(time.Now().Add(in.silence))
	if err == nil {
		n, err = in.conn.Read(in.buf[in.end:])
	}
	in.end += n
	if err != nil {
		return &LostError{Err: err}
	}
	return nil
}

// makeRoom moves the unfinished message to the buffer's start. The buffer
// grows with what has come, never with what a length promises.
func (in *inbox) makeRoom() {
	unread := in.buf[in.start:in.end]
	switch {
	case len(unread) == len(in.buf) && len(in.buf) > 0:
		in.buf = make([]byte, min(2*len(in.buf), in.limit+longestHeader))
	case len(unread) < chunk && len(in.buf) != chunk:
		in.buf = make([]byte, chunk)
	}
	copy(in.buf, unread)
	in.start, in.end = 0, len(unread)
}

// cut appends all whole messages to the batch.
func (in *inbox) cut() error {
	for {
		unread := in.buf[in.start:in.end]
		tag, start, length, err := header(unread)
		switch {
		case errors.Is(err, errTruncated):
			return nil
		case err != nil:
			return malformed("message", err)
		case tag != tagSequence:
			return malformed("message", errTag)
		case length > in.limit:
			return &ProtocolError{fmt.Sprintf("a message of %d bytes, %d are allowed", length, in.limit)}
		case length > len(unread)-start:
			return nil
		}
		m, err := open(unread[start : start+length])
		if err != nil {
			return malformed("message", err)
		}
		in.batch = append(in.batch, m)
		in.start += start + length
	}
}

// open reads the envelope of a message.
func open(contents []byte) (m message, err error) {
	if m.id, contents, err = takeNumber(contents, tagInteger); err != nil {
		return m, err
	}
	m.op, m.body, m.rest, err = split(contents)
	return m, err
}
