using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

internal static partial class Interop
{
    internal static partial class Libc
    {
        /// <summary>signal(3): gives the former disposition; 0 is SIG_DFL and 1 is SIG_IGN.</summary>
        [LibraryImport("libc", SetLastError = true)]
        internal static partial nint signal(int signal, nint disposition);
    }
}
