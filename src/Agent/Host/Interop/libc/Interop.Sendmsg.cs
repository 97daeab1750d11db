using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>socketpair(2).</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int socketpair(int family, int type, int protocol, int* pair);

        /// <summary>sendmsg(2).</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint sendmsg(int descriptor, MessageHeader* message, int flags);

        /// <summary>struct msghdr of 64-bit Linux.</summary>
        internal struct MessageHeader
        {
            internal void* Name;
            internal uint NameLength;
            internal Vector* Vectors;
            internal nuint VectorCount;
            internal void* Control;
            internal nuint ControlLength;
            internal int Flags;
        }

        /// <summary>struct iovec.</summary>
        internal struct Vector
        {
            internal void* Start;
            internal nuint Length;
        }

        /// <summary>struct cmsghdr with one descriptor behind it, padded to 8 bytes (cmsg(3)).</summary>
        internal struct DescriptorMessage
        {
            internal nuint Length;
            internal int Level;
            internal int Type;
            internal int Descriptor;
        }
    }
}
