using System.Runtime.InteropServices;
using Sallyport.Agent.Host;

namespace Sallyport.Agent.Kernel;

/// <summary>All types of this kernel, some megabytes: mapped, since Linux 6.16, and read before it, which takes ten times as long.</summary>
internal sealed unsafe partial class KernelTypesFile : IDisposable
{
    private const int Readable = 1; // PROT_READ
    private const int Private = 2; // MAP_PRIVATE: the kernel refuses a shared one

    private readonly byte* mapped;
    private readonly byte* read;
    private readonly int length;

    /// <exception cref="KernelUnavailableException">They are not there, or end early.</exception>
    internal KernelTypesFile()
    {
        if (!Machine.This().HasKernelTypes)
        {
            throw new KernelUnavailableException(Machine.LackOfKernelTypes);
        }

        using var source = File.OpenHandle(Machine.KernelTypes);
        length = (int)RandomAccess.GetLength(source);
        mapped = mmap(null, (nuint)length, Readable, Private, (int)source.DangerousGetHandle(), 0);
        if (mapped != Failed)
        {
            return;
        }

        // For a moment: not on the heap, which would keep them.
        read = (byte*)NativeMemory.Alloc((nuint)length);
        var bytes = new Span<byte>(read, length);
        for (int at = 0, count; at < length; at += count)
        {
            count = RandomAccess.Read(source, bytes[at..], at);
            if (count == 0)
            {
                NativeMemory.Free(read);
                throw new KernelUnavailableException($"{Machine.KernelTypes} ends early");
            }
        }
    }

    private static byte* Failed => (byte*)-1;

    /// <summary>They end with this.</summary>
    internal ReadOnlySpan<byte> Bytes => new(mapped != Failed ? mapped : read, length);

    public void Dispose()
    {
        if (mapped != Failed)
        {
            _ = munmap(mapped, (nuint)length);
        }

        NativeMemory.Free(read);
    }

    [LibraryImport("libc")]
    private static partial byte* mmap(byte* address, nuint length, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc")]
    private static partial int munmap(byte* address, nuint length);
}
