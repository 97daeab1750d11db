using Sallyport.Server.Work;

namespace Sallyport.Server.Tests.Operations;

/// <summary>Work that is not done before it is released.</summary>
internal sealed class HeldHandler : IWorkHandler, IDisposable
{
    private readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Kind => "held";

    public Task Begun => begun.Task;

    public void Release() => released.TrySetResult();

    public Task DoAsync(WorkItem item, CancellationToken cancellation)
    {
        begun.TrySetResult();
        return released.Task.WaitAsync(cancellation);
    }

    public void Dispose() => Release();
}
