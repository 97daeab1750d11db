using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static unsafe partial class Libc
    {
        /// <summary>tcgetattr(3): a struct termios is 60 bytes; 256 are given.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial int tcgetattr(int descriptor, byte* settings);
    }
}
