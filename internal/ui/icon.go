package ui

// iconClass marks the icons that point along the line of reading, so that they turn
// around where it runs from right to left.
func iconClass(name string) string {
	switch name {
	case "send", "log-out", "log-in", "undo", "chevron-left", "chevron-right", "arrow-left", "arrow-right", "external", "list", "history", "play":
		return "i turns"
	}
	return "i"
}
