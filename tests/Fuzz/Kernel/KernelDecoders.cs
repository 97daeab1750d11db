using System.ComponentModel;
using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Sallyport.Wire;

namespace Sallyport.Fuzz.Kernel;

/// <summary>
/// The decoders of the kernel programs in this process, compiled from <c>bpf/</c> when they are first asked for: see <c>decoders.c</c>.
/// Beside them OpenSSL, as a server that reads the same bytes.
/// </summary>
internal static partial class KernelDecoders
{
    private const int MostNameBytes = 256;
    private const int MostAnswers = 64;
    private const int AddressBytes = 16;
    private const string Library = "decoders";

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static readonly Lazy<nint> Loaded = new(() => NativeLibrary.Load(Compile()));

    static KernelDecoders() => NativeLibrary.SetDllImportResolver(
        typeof(KernelDecoders).Assembly, (name, _, _) => name == Library ? Loaded.Value : 0);

    /// <summary>What the kernel makes of a question: the name in lower case with dots, as it read it.</summary>
    /// <param name="message">Without a length.</param>
    public static (KernelReason Reason, string Name, int Type) Question(ReadOnlySpan<byte> message)
    {
        Span<byte> name = stackalloc byte[MostNameBytes];
        var reason = decoder_question(message, message.Length, name, out var bytes, out var type);
        return ((KernelReason)reason, Encoding.Latin1.GetString(name[..bytes]), type);
    }

    /// <summary>The addresses that the kernel leases by an answer to its own question, as 16 bytes in hexadecimal.</summary>
    /// <param name="message">Without a length.</param>
    public static HashSet<string> Leases(ReadOnlySpan<byte> message)
    {
        Span<byte> all = stackalloc byte[MostAnswers * AddressBytes];
        var count = decoder_answer(message, message.Length, all);
        HashSet<string> leases = [];
        for (var i = 0; i < count; i++)
        {
            leases.Add(Convert.ToHexString(all.Slice(i * AddressBytes, AddressBytes)));
        }

        return leases;
    }

    /// <summary>
    /// Sends a stream by a connection that may only go to the hosts of the policy, in segments whose cuts follow from its bytes.
    /// </summary>
    /// <param name="stream">What a client says.</param>
    /// <param name="port">Of the server.</param>
    /// <param name="mostSegmentBytes">Longest segment.</param>
    /// <returns>Bytes that left: all, or those of the segments before the one that was refused.</returns>
    public static int Send(ReadOnlySpan<byte> stream, int port, int mostSegmentBytes)
    {
        var seed = stream.Length;
        foreach (var one in stream)
        {
            seed = (seed * 31) + one;
        }

        var random = new Random(seed);
        var left = 0;
        decoder_connect((ushort)port);
        while (left < stream.Length)
        {
            var segment = stream.Slice(left, Math.Min(stream.Length - left, 1 + random.Next(mostSegmentBytes)));
            if (decoder_send(segment, segment.Length) == 0)
            {
                break;
            }

            left += segment.Length;
        }

        return left;
    }

    /// <summary>The names that a server of OpenSSL goes by: one for each hello, empty where it was told none.</summary>
    /// <param name="stream">What a client says.</param>
    public static string[] ServerNames(ReadOnlySpan<byte> stream)
    {
        var names = new byte[4096];
        var bytes = server_names(stream, stream.Length, names, names.Length);
        return Encoding.Latin1.GetString(names, 0, Math.Max(bytes, 0)).Split('\n')[..^1];
    }

    /// <summary>Fails when a stream passes that should not, or a server makes something else of it.</summary>
    public static void Expect(ReadOnlySpan<byte> stream, int port, bool passes, IEnumerable<string> names, params string[] expected)
    {
        var hasPassed = Send(stream, port, stream.Length) == stream.Length;
        if (hasPassed != passes || !names.SequenceEqual(expected))
        {
            throw new InvalidOperationException(
                $"passes: {hasPassed} instead of {passes}; the server goes by {string.Join(' ', names)} instead of {string.Join(' ', expected)}");
        }
    }

    /// <summary>Fails when the policy of <c>decoders.c</c> does not allow the name that a server went by.</summary>
    /// <param name="name">As the server has it.</param>
    public static void ThrowIfNotAllowed(string name)
    {
        var host = name.ToLowerInvariant().TrimEnd('.');
        if (host != "allowed.test" && !host.EndsWith(".zone.test", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"what has left makes a server go by '{name}'");
        }
    }

    /// <summary>Fails when a decoder went past the end of an array since the start.</summary>
    public static void ThrowIfOutOfBounds() => ArgumentOutOfRangeException.ThrowIfNotEqual(decoder_faults(), 0);

    private static string Compile()
    {
        var root = typeof(KernelDecoders).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "RepositoryRoot").Value!;
        var sources = Path.Combine(root, "tests", "Fuzz", "Kernel");
        var library = Path.Combine(AppContext.BaseDirectory, $"decoders-{Environment.ProcessId}.so");
        var start = new ProcessStartInfo(
            "clang",
            [
                "-O2", "-shared", "-fPIC", "-fvisibility=hidden", "-ffunction-sections", "-Wl,--gc-sections", "-Wall", "-Werror",
                "-Wno-unknown-attributes", "-fsanitize=bounds,shift", "-fsanitize-minimal-runtime",
                "-I", sources, "-I", Path.Combine(root, "bpf", "include"), "-I", Path.Combine(root, "bpf", "probes"),
                Path.Combine(sources, "decoders.c"), Path.Combine(sources, "openssl.c"), "-lssl", "-lcrypto", "-o", library,
            ])
        {
            RedirectStandardError = true,
        };
        using var clang = Process.Start(start)!;
        var said = clang.StandardError.ReadToEndAsync();
        if (!clang.WaitForExit(Deadline))
        {
            clang.Kill(entireProcessTree: true);
        }

        var words = said.GetAwaiter().GetResult();
        return clang.ExitCode == 0 ? library : throw new Win32Exception(clang.ExitCode, words);
    }

    [LibraryImport(Library)]
    private static partial int decoder_question(ReadOnlySpan<byte> bytes, int length, Span<byte> name, out int nameBytes, out int type);

    [LibraryImport(Library)]
    private static partial int decoder_answer(ReadOnlySpan<byte> bytes, int length, Span<byte> addresses);

    [LibraryImport(Library)]
    private static partial void decoder_connect(ushort port);

    [LibraryImport(Library)]
    private static partial int decoder_send(ReadOnlySpan<byte> bytes, int length);

    [LibraryImport(Library)]
    private static partial int decoder_faults();

    [LibraryImport(Library)]
    private static partial int server_names(ReadOnlySpan<byte> bytes, int length, Span<byte> names, int most);
}
