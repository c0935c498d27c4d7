package api

import (
	"bytes"
	"context"
	"net/http"
	"reflect"

	"github.com/scriphq/scrip/internal/app"
)

// op is what the route list says of an endpoint beside its address.
type op struct {
	tag     string
	summary string
	scope   string // what a key needs
	status  int    // of success; 200 when left out
	doc     string // what the summary leaves open
	keyed   bool   // takes an Idempotency-Key
	also    int    // another status of success with the same shape
}

// call is one request of an API key.
type call struct {
	app.Request
	key   string // its Idempotency-Key
	asked []byte // what was asked, to tell a repeat from another request
}

// answer is what is written: complete, and the same each time it is given.
type answer struct {
	status int
	body   []byte
	replay bool          // an earlier answer, given again
	room   *bytes.Buffer // what body lies in, to be used again; nil where it is kept
}

// write sends the answer.
func (n answer) write(w http.ResponseWriter) error {
	if n.replay {
		w.Header().Set("Idempotent-Replayed", "true")
	}
	return reply(w, n.status, n.body)
}

// read registers an endpoint that changes nothing: fn answers with an O.
func read[I, O any](a *API, pattern string, o op, fn func(ctx context.Context, c *call, in *I) (O, error)) {
	register(a, pattern, o, reflect.TypeFor[O](), func(ctx context.Context, c *call, in *I) (answer, error) {
		out, err := fn(ctx, c, in)
		if err != nil {
			return answer{}, err
		}
		room := a.rooms.Get().(*bytes.Buffer)
		encodeLine(room, out)
		return answer{status: http.StatusOK, body: room.Bytes(), room: room}, nil
	})
}

// maxRoom is how large room is that is used again: the answer to a large order.
const maxRoom = 4 << 20

// reuse lets another answer have the room of one that was written.
func (a *API) reuse(room *bytes.Buffer) {
	if room != nil && room.Cap() <= maxRoom {
		room.Reset()
		a.rooms.Put(room)
	}
}

// write registers an endpoint that runs a command: fn calls once.
func write[I, O any](a *API, pattern string, o op, fn func(ctx context.Context, c *call, in *I) (kept[O], error)) {
	o.keyed = true
	register(a, pattern, o, reflect.TypeFor[O](), func(ctx context.Context, c *call, in *I) (answer, error) {
		out, err := fn(ctx, c, in)
		return out.answer, err
	})
}

// register puts an endpoint on the mux and into the document.
func register[I any](a *API, pattern string, o op, out reflect.Type, fn func(ctx context.Context, c *call, in *I) (answer, error)) {
	in := inputOf(a.registry, reflect.TypeFor[I]())
	a.document(pattern, o, in, a.content(out))
	a.handle(pattern, func(w http.ResponseWriter, r *http.Request) error {
		c, err := a.admit(w, r)
		if err != nil {
			return err
		}
		v := new(I)
		raw, err := in.fill(w, r, reflect.ValueOf(v).Elem())
		if err != nil {
			return err
		}
		if o.keyed {
			if err := c.keyedBy(r, raw); err != nil {
				return err
			}
		}
		n, err := fn(r.Context(), c, v)
		if err != nil {
			return err
		}
		defer a.reuse(n.room)
		return n.write(w)
	})
}
