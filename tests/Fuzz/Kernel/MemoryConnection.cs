using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace Sallyport.Fuzz.Kernel;

/// <summary>A client that has said all it says, and hears nothing: it hangs up when the server wants more than there is.</summary>
internal sealed class MemoryConnection : ConnectionContext, IDuplexPipe
{
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public MemoryConnection(byte[] said, EndPoint server)
    {
        Input = new SaidReader(said);
        Transport = this;
        LocalEndPoint = server;
        RemoteEndPoint = server;
    }

    /// <summary>The server has put it aside.</summary>
    public Task Ended => ended.Task;

    public PipeReader Input { get; }

    public PipeWriter Output { get; } = PipeWriter.Create(Stream.Null);

    public override IDuplexPipe Transport { get; set; }

    public override string ConnectionId { get; set; } = "fuzz";

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override void Abort(ConnectionAbortedException abortReason) => Input.CancelPendingRead();

    public override ValueTask DisposeAsync()
    {
        _ = ended.TrySetResult();
        return base.DisposeAsync();
    }

    private sealed class SaidReader(byte[] said) : PipeReader
    {
        private int consumed;
        private int examined = -1;

        public override bool TryRead(out ReadResult result)
        {
            var isAll = examined >= said.Length;
            result = new ReadResult(new ReadOnlySequence<byte>(said, consumed, said.Length - consumed), isCanceled: false, isCompleted: isAll);
            return true;
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            _ = TryRead(out var result);
            return new(result);
        }

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            this.consumed = consumed.GetInteger();
            this.examined = Math.Max(this.examined, examined.GetInteger());
        }

        public override void CancelPendingRead()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }
    }
}
