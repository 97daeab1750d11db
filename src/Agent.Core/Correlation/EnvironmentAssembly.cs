using Sallyport.Agent.Core.Decoding;
using Sallyport.Wire;

namespace Sallyport.Agent.Core.Correlation;

/// <summary>
/// Puts the pieces of environments together again. Pieces of one execution come in order, those of several may be
/// mixed: bounded by <see cref="Most"/> at once, the oldest is given up (it counts as not whole).
/// </summary>
internal sealed class EnvironmentAssembly(IExecutionObserver? observer)
{
    public const int Most = 64;

    private readonly Dictionary<uint, Unfinished> unfinished = [];
    private readonly Queue<uint> order = new();

    public void Accept(in EnvironmentEvent value)
    {
        ref readonly var record = ref value.Fixed;
        if (observer is null)
        {
            return;
        }

        var sent = (int)Math.Min(record.Total, WireLimits.EnvironmentBytes);
        if (record.Position == 0)
        {
            Begin(record.Execution, sent);
        }

        var isSound = unfinished.TryGetValue(record.Execution, out var known) && known.TryAdd(record.Position, value.Data);
        var isEnd = record.Position + (ulong)WireLimits.EnvironmentPiece >= (ulong)sent;
        if (isSound && !isEnd && value.Data.Length == WireLimits.EnvironmentPiece)
        {
            return;
        }

        // Said once: of pieces that follow a missing one nothing is known any more.
        if (!unfinished.Remove(record.Execution) && !isEnd)
        {
            return;
        }

        var isWhole = isSound && known!.IsFull && record.Total <= WireLimits.EnvironmentBytes;
        observer.Began(
            record.Execution, known is null ? [] : known.Bytes, isWhole, record.Held != 0, (long)record.Header.BootNs);
    }

    private void Begin(uint execution, int length)
    {
        while (order.Count >= Most)
        {
            _ = unfinished.Remove(order.Dequeue());
        }

        order.Enqueue(execution);
        unfinished[execution] = new Unfinished(length);
    }

    private sealed class Unfinished(int length)
    {
        private int next;

        public byte[] Bytes { get; } = new byte[length];

        public bool IsFull => next == Bytes.Length;

        /// <summary>False for a piece that does not follow the one before.</summary>
        public bool TryAdd(uint position, ReadOnlySpan<byte> piece)
        {
            if (position != (uint)next || piece.Length > Bytes.Length - next)
            {
                return false;
            }

            piece.CopyTo(Bytes.AsSpan(next));
            next += piece.Length;
            return true;
        }
    }
}
