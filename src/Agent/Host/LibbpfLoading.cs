using System.Reflection;
using System.Runtime.InteropServices;

namespace Sallyport.Agent.Host;

/// <summary>
/// The release has libbpf inside. A debug build loads the shared library, by the name that its run-time package has:
/// libbpf.so without a number comes only with the headers.
/// </summary>
internal static class LibbpfLoading
{
    internal static void Prepare() =>
        NativeLibrary.SetDllImportResolver(typeof(LibbpfLoading).Assembly, (name, assembly, path) => name == "bpf"
            ? NativeLibrary.Load("libbpf.so.1", assembly, path)
            : nint.Zero);
}
