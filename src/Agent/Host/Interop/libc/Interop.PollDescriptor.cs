using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>struct pollfd of poll(2).</summary>
        [StructLayout(LayoutKind.Sequential)]
        internal struct PollDescriptor
        {
            internal int Descriptor;
            internal short Events;
            internal short Returned;
        }
    }
}
