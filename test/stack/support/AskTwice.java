import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;

/** Asks GraphQL as Java's client does by default: it offers HTTP/2 with every request. */
public class AskTwice {
  public static void main(String[] arguments) throws Exception {
    var body = HttpRequest.BodyPublishers.ofString("{\"query\":\"{ __typename }\"}");
    var request = HttpRequest.newBuilder(URI.create(arguments[0]))
        .header("content-type", "application/json")
        .POST(body)
        .build();
    var client = HttpClient.newHttpClient();
    for (int n = 0; n < 2; n++) {
      var response = client.send(request, BodyHandlers.ofString());
      System.out.println(response.statusCode() + " " + response.body());
    }
  }
}
