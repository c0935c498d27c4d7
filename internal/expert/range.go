package expert

import (
	"errors"
	"slices"

	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/operators"
)

var errMadeUp = errors.New("exists, all, filter and map go through a list of the order or the customer, or one of constants")

// goesThroughData reports whether every exists, all, filter and map of an expression goes
// through a list that was there, or a part of it. One that went through a list it made
// could make that twice as large as the one before, and so on: comparing such lists takes
// longer than anybody waits, and CEL counts the cost of a comparison only afterwards.
func goesThroughData(a *ast.AST) bool {
	found := ast.MatchDescendants(ast.NavigateAST(a), ast.KindMatcher(ast.ComprehensionKind))
	return !slices.ContainsFunc(found, func(c ast.NavigableExpr) bool { return !isData(c.AsComprehension().IterRange()) })
}

// isData reports whether the elements of a list are facts or constants.
func isData(e ast.Expr) bool {
	switch e.Kind() {
	case ast.ListKind:
		return !slices.ContainsFunc(e.AsList().Elements(), func(one ast.Expr) bool { return one.Kind() != ast.LiteralKind && !isPath(one) })
	case ast.ComprehensionKind:
		return isFilter(e.AsComprehension())
	}
	return isPath(e)
}

// isPath reports whether e leads to a fact: a name, a field or an element of one.
func isPath(e ast.Expr) bool {
	switch e.Kind() {
	case ast.IdentKind:
		return true
	case ast.SelectKind:
		return !e.AsSelect().IsTestOnly() && isPath(e.AsSelect().Operand())
	case ast.CallKind:
		call := e.AsCall()
		return call.FunctionName() == operators.Index && isPath(call.Args()[0])
	}
	return false
}

// isFilter reports whether a comprehension only leaves elements out.
func isFilter(c ast.ComprehensionExpr) bool {
	if step := c.LoopStep(); step.Kind() == ast.CallKind && step.AsCall().FunctionName() == operators.Conditional {
		kept := step.AsCall().Args()[1]
		return kept.Kind() == ast.CallKind && kept.AsCall().FunctionName() == operators.Add && isElement(kept.AsCall().Args()[1], c.IterVar()) && isData(c.IterRange())
	}
	return false
}

// isElement reports whether e is a list of the element and no more.
func isElement(e ast.Expr, name string) bool {
	if e.Kind() != ast.ListKind || e.AsList().Size() != 1 {
		return false
	}
	one := e.AsList().Elements()[0]
	return one.Kind() == ast.IdentKind && one.AsIdent() == name
}
