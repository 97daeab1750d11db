using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Sallyport.Lab.Interop;

/// <summary>The few calls of libc for which .NET has no class. Names and numbers are those of the C headers.</summary>
internal static partial class Libc
{
    internal const int CLONE_NEWNS = 0x0002_0000;
    internal const int CLONE_FS = 0x0000_0200;
    internal const int CLONE_NEWNET = 0x4000_0000;
    internal const ulong MS_BIND = 4096;
    internal const ulong MS_REC = 16384;
    internal const ulong MS_PRIVATE = 1 << 18;
    internal const int AF_PACKET = 17;
    internal const int SOCK_RAW = 3;
    internal const int SOCK_CLOEXEC = 0x8_0000;
    internal const int SOL_SOCKET = 1;
    internal const int SO_RCVBUFFORCE = 33;
    internal const int SOL_PACKET = 263;
    internal const int PACKET_STATISTICS = 6;
    internal const int PACKET_IGNORE_OUTGOING = 23;
    internal const int MSG_DONTWAIT = 0x40;
    internal const int MSG_TRUNC = 0x20;
    internal const int EAGAIN = 11;
    internal const short POLLPRI = 2;

    [StructLayout(LayoutKind.Sequential)]
    internal struct PollFd
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }

    /// <summary>struct sockaddr_ll, packet(7).</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct LinkLayerAddress
    {
        public ushort Family;
        public ushort ProtocolNetworkOrder;
        public int InterfaceIndex;
        public ushort HardwareType;
        public byte PacketType;
        public byte AddressLength;
        public ulong Address;
    }

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int unshare(int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int mount(string source, string target, string? type, ulong flags, string? data);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial SafeFileHandle socket(int family, int type, int protocol);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int bind(SafeFileHandle socket, in LinkLayerAddress address, int length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial nint recv(SafeFileHandle socket, Span<byte> buffer, nint length, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int setsockopt(SafeFileHandle socket, int level, int option, in int value, int length);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int getsockopt(
        SafeFileHandle socket, int level, int option, Span<uint> value, ref int length);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial uint if_nametoindex(string name);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int poll(ref PollFd descriptors, nuint count, int milliseconds);

    [LibraryImport("libc")]
    internal static partial uint geteuid();

    /// <summary>Turns a failed call into a <see cref="LabException"/> that names it.</summary>
    internal static void Check(int result, string call)
    {
        if (result < 0)
        {
            throw new LabException($"{call}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }
}
