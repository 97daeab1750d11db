using System.Collections.Immutable;
using System.Runtime.InteropServices;

namespace Sallyport.Agent.Control;

/// <summary>A <c>char *list[]</c> for execve and posix_spawn, in native memory.</summary>
internal sealed unsafe class ZeroTerminated : IDisposable
{
    private readonly int count;

    internal ZeroTerminated(IReadOnlyList<byte[]> items)
    {
        count = items.Count;
        Pointer = (byte**)NativeMemory.AllocZeroed((nuint)(count + 1), (nuint)sizeof(byte*));
        for (var i = 0; i < count; i++)
        {
            Pointer[i] = (byte*)NativeMemory.AllocZeroed((nuint)items[i].Length + 1);
            items[i].CopyTo(new Span<byte>(Pointer[i], items[i].Length));
        }
    }

    internal byte** Pointer { get; }

    /// <summary>The items of a NUL separated block such as /proc/self/environ; the last NUL may be missing.</summary>
    internal static ImmutableArray<byte[]> Split(ReadOnlySpan<byte> block)
    {
        var items = ImmutableArray.CreateBuilder<byte[]>();
        while (!block.IsEmpty)
        {
            var end = block.IndexOf((byte)0);
            items.Add((end < 0 ? block : block[..end]).ToArray());
            block = end < 0 ? [] : block[(end + 1)..];
        }

        return items.ToImmutable();
    }

    public void Dispose()
    {
        for (var i = 0; i < count; i++)
        {
            NativeMemory.Free(Pointer[i]);
        }

        NativeMemory.Free(Pointer);
    }
}
