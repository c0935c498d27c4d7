// Package expert judges the conditions that a campaign states as an expression of the
// Common Expression Language (CEL, cel.dev): on plain facts, without side effects, and at a
// bounded cost. It decides about conditions only, never about money.
package expert

import (
	"errors"
	"fmt"
	"strings"
	"sync"

	"cel.dev/cel-go/cel"
)

// The bounds of an expression.
const (
	MaxSource = 2000    // characters
	maxCost   = 100_000 // CEL's units: a comparison is about one, a line of an order a few
	maxKept   = 1000    // compiled expressions
)

// Judge compiles expressions once and keeps them. It is safe for use by many.
type Judge struct {
	env  *cel.Env
	mu   sync.Mutex
	kept map[string]compiled
}

type compiled struct {
	program cel.Program
	err     error
}

// NewJudge returns a judge that knows the facts order, customer and now.
func NewJudge() *Judge {
	env, err := cel.NewEnv(
		cel.Variable("order", cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable("customer", cel.MapType(cel.StringType, cel.DynType)),
		cel.Variable("now", cel.TimestampType),
	)
	if err != nil {
		panic("expert: " + err.Error()) // these three are all it depends on
	}
	return &Judge{env: env, kept: map[string]compiled{}}
}

// Check says what is wrong with an expression, on one line; nil is nothing.
func (j *Judge) Check(source string) error {
	_, err := j.program(source)
	return err
}

// Holds judges an expression. What cannot be judged, because a fact is missing or the
// cost is too high, is an error.
func (j *Judge) Holds(source string, facts map[string]any) (bool, error) {
	program, err := j.program(source)
	if err != nil {
		return false, err
	}
	out, _, err := program.Eval(facts)
	if err != nil {
		return false, errors.New(oneLine(err.Error()))
	}
	holds, ok := out.Value().(bool)
	if !ok {
		return false, errNoAnswer
	}
	return holds, nil
}

var errNoAnswer = errors.New("the expression does not come to true or false")

func (j *Judge) program(source string) (cel.Program, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if c, ok := j.kept[source]; ok {
		return c.program, c.err
	}
	program, err := j.compile(source)
	if len(j.kept) >= maxKept {
		clear(j.kept)
	}
	j.kept[source] = compiled{program, err}
	return program, err
}

func (j *Judge) compile(source string) (cel.Program, error) {
	if len(source) > MaxSource {
		return nil, fmt.Errorf("at most %d characters", MaxSource)
	}
	ast, issues := j.env.Compile(source)
	if err := issues.Err(); err != nil {
		return nil, errors.New(oneLine(err.Error()))
	}
	if t := ast.OutputType(); t != cel.BoolType && t != cel.DynType {
		return nil, errNoAnswer
	}
	if !goesThroughData(ast.NativeRep()) {
		return nil, errMadeUp
	}
	return j.env.Program(ast, cel.CostLimit(maxCost))
}

// oneLine keeps what an error says, without its drawing of the source.
func oneLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimPrefix(s, "ERROR: <input>:"), "\n")
	return s
}
