using Sallyport.Lab.Traffic;

namespace Sallyport.Lab.Servers;

/// <summary>What a server does with one connection: reads from the stream, adds what it heard to the conversation.
/// </summary>
internal delegate Task TcpService(Stream stream, Conversation conversation);
