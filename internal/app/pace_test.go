package app

import (
	"errors"
	"testing"

	"github.com/scriphq/scrip/internal/engine"
)

// Chunks grow while nobody asks for anything, and are small at once when somebody does.
func TestPace(t *testing.T) {
	t.Parallel()
	alone, disturbed := engine.Reply{Alone: true}, engine.Reply{}
	for _, c := range []struct {
		name  string
		from  int
		reply engine.Reply
		err   error
		want  int
	}{
		{"nobody asked", 500, alone, nil, 1000},
		{"there is a largest chunk", chunkLarge, alone, nil, chunkLarge},
		{"somebody asked", 1000, disturbed, nil, chunkSmall},
		{"it made way", chunkLarge, disturbed, engine.ErrYielded, chunkSmall},
		{"what failed says nothing", 1000, disturbed, errors.New("away"), 1000},
	} {
		p := pace{c.from, chunkSmall, chunkLarge}
		if p.took(c.reply, c.err); p.size() != c.want {
			t.Errorf("%s: got %d, want %d", c.name, p.size(), c.want)
		}
	}
}
