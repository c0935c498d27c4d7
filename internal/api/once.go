package api

import (
	"bytes"
	"net/http"
	"strconv"

	"github.com/scriphq/scrip/internal/app"
	"github.com/scriphq/scrip/internal/fault"
)

// kept is the answer of a write. O is the shape of its success, for the document.
type kept[O any] struct{ answer }

// once runs a use case under the request's Idempotency-Key. show makes the answer of
// the command's result; it runs while the engine waits, so it may not read anything.
//
// With a key, what is written is what was kept in the command's own transaction: the
// bytes of the first answer and of every repeat are the same, refusals included. A
// fault that came up before the command (a wrong field, say) is not kept: the same
// request fails the same way again.
func once[T, O any](c *call, status int, show func(T) O, run func(app.Request) (T, error)) (kept[O], error) {
	req := c.Request
	if c.key != "" {
		req.Once = &app.Once{Key: c.key, Asked: c.asked, Render: func(result any, err error) []byte {
			if err != nil {
				return envelope(problemOf(fault.Of(err), c.ID))
			}
			return envelope(status, show(result.(T)))
		}}
	}
	result, err := run(req)
	if req.Once != nil && req.Once.Body != nil {
		n := opened(req.Once.Body)
		n.replay = req.Once.Replay
		return kept[O]{n}, nil
	}
	if err != nil {
		return kept[O]{}, err
	}
	return kept[O]{answer{status: status, body: encode(show(result))}}, nil
}

// envelope is an answer as it is kept: its status in three digits, then its body.
func envelope(status int, v any) []byte {
	buf := bytes.Buffer{}
	buf.WriteString(strconv.Itoa(status))
	encodeLine(&buf, v)
	return buf.Bytes()
}

func opened(kept []byte) answer {
	status, err := strconv.Atoi(string(kept[:3]))
	if err != nil {
		panic("api: an answer was kept without its status")
	}
	return answer{status: status, body: kept[3:]}
}

// keyedBy takes the request's Idempotency-Key.
func (c *call) keyedBy(r *http.Request, raw []byte) error {
	keys := r.Header.Values("Idempotency-Key")
	if len(keys) == 0 {
		return nil
	}
	c.key = keys[0]
	bad := len(keys) > 1 || len(c.key) < 1 || len(c.key) > 255
	for i := range len(c.key) {
		bad = bad || c.key[i] < ' ' || c.key[i] > '~'
	}
	if bad {
		return fault.Field("Idempotency-Key", "One header of 1 to 255 printable ASCII characters.")
	}
	c.asked = make([]byte, 0, len(r.Method)+len(r.URL.Path)+len(raw)+2)
	c.asked = append(append(append(c.asked, r.Method...), ' '), r.URL.Path...)
	c.asked = append(append(c.asked, '\n'), raw...)
	return nil
}
