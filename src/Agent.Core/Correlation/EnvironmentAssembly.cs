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

    private readonly Dictionary<uint, byte[]> unfinished = [];
    private readonly Queue<uint> order = new();

    public void Accept(in EnvironmentEvent value)
    {
        ref readonly var record = ref value.Fixed;
        if (observer is null)
        {
            return;
        }

        var sent = Math.Min(record.Total, WireLimits.EnvironmentBytes);
        var end = record.Position + (ulong)value.Data.Length;
        if (record.Position == 0)
        {
            Begin(record.Execution, (int)sent);
        }

        var isSound = end <= sent && unfinished.ContainsKey(record.Execution);
        if (isSound)
        {
            value.Data.CopyTo(unfinished[record.Execution].AsSpan((int)record.Position));
        }

        var isLast = record.Position + (ulong)WireLimits.EnvironmentPiece >= sent;
        var isFull = value.Data.Length == WireLimits.EnvironmentPiece || end == sent;
        if (isSound && isFull && !isLast)
        {
            return;
        }

        _ = unfinished.Remove(record.Execution, out var bytes);
        var whole = isSound && isFull && record.Total <= WireLimits.EnvironmentBytes;
        observer.Began(
            record.Execution, bytes, whole, record.Held != 0, (long)record.Header.BootNs);
    }

    private void Begin(uint execution, int length)
    {
        while (order.Count >= Most)
        {
            _ = unfinished.Remove(order.Dequeue());
        }

        order.Enqueue(execution);
        unfinished[execution] = new byte[length];
    }
}
