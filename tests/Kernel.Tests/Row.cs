using Sallyport.Lab.Reports;

namespace Sallyport.Kernel.Tests;

/// <summary>The line of a report that must tell of an attack.</summary>
internal abstract record Row
{
    /// <summary>What every kind of line says.</summary>
    internal sealed record Found(string Verdict, bool WouldRefuse, string Reason, string? Process);

    internal abstract IEnumerable<Found> In(ReportView report);

    /// <summary>A connection; several addresses when one has more than one form.</summary>
    internal static Row Connection(string protocol, int port, params string[] addresses) =>
        new ConnectionRow(protocol, port, addresses, null);

    /// <summary>A connection that said a name.</summary>
    internal static Row Named(string name, int port, string address) =>
        new ConnectionRow("tcp", port, [address], name);

    internal static Row Question(string name, string type) => new QuestionRow(name, type);

    /// <summary>Some question, whatever its name: of a message that cannot be read there may be none.</summary>
    internal static Row AnyQuestion() => new QuestionRow(null, null);

    /// <summary>Some connection that was judged for this reason: the peer's port is its own choice.</summary>
    internal static Row Peer(string address) => new ConnectionRow(null, null, [address], null);

    internal static Row Either(params Row[] rows) => new EitherRow(rows);

    private sealed record ConnectionRow(string? Protocol, int? Port, string[] Addresses, string? Name) : Row
    {
        public override string ToString() =>
            $"connection {Protocol} {string.Join(" or ", Addresses)} port {Port} {Name}";

        internal override IEnumerable<Found> In(ReportView report) => report.Connections
            .Where(c => (Protocol is null || c.Protocol == Protocol) && (Port is null || c.Port == Port)
                && Addresses.Contains(c.Address) && (Name is null || c.Sni == Name))
            .Select(c => new Found(c.Verdict, c.WouldRefuse, c.Reason, c.Process));
    }

    private sealed record QuestionRow(string? Name, string? Type) : Row
    {
        public override string ToString() => $"question {Type} {Name}";

        internal override IEnumerable<Found> In(ReportView report) => report.Dns
            .Where(d => (Name is null || d.Name == Name) && (Type is null || d.Type == Type))
            .Select(d => new Found(d.Verdict, d.WouldRefuse, d.Reason, d.Process));
    }

    private sealed record EitherRow(Row[] Rows) : Row
    {
        public override string ToString() => string.Join(", or ", Rows.Select(row => row.ToString()));

        internal override IEnumerable<Found> In(ReportView report) => Rows.SelectMany(row => row.In(report));
    }
}
