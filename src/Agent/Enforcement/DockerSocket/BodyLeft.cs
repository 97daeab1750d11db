using Sallyport.Agent.Core.DockerApi;

namespace Sallyport.Agent.Enforcement.DockerSocket;

/// <summary>How much of a body is still to come.</summary>
internal sealed class BodyLeft(HttpBody kind, long length)
{
    private readonly ChunkScanner? chunks = kind == HttpBody.Chunked ? new ChunkScanner() : null;
    private long bytes = length;

    internal long Bytes => bytes;

    internal bool IsDone => kind switch
    {
        HttpBody.Chunked => chunks!.IsDone,
        HttpBody.Length => bytes == 0,
        HttpBody.UntilClose => false,
        _ => true,
    };

    internal bool HasFailed => chunks?.HasFailed == true;

    /// <summary>How many of the bytes that follow belong to the body.</summary>
    internal int Pass(ReadOnlySpan<byte> following)
    {
        if (chunks is not null)
        {
            return chunks.Scan(following);
        }

        var count = kind == HttpBody.UntilClose ? following.Length : (int)Math.Min(bytes, following.Length);
        bytes -= count;
        return count;
    }
}
