package runner

import "context"

func (w *worker) checkPolling(ctx context.Context) { _ = ctx }
